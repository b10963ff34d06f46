-- name: sample_forget_mail
-- The mails that the sample's own registrations wrote: nobody waits for them.
DELETE FROM outbox;
