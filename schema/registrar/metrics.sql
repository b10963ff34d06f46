-- Numbers for monitors; nothing of a person.

-- name: metrics_counts
-- ?1 now -> mails that wait, events that wait, events given up, applications that wait, of them
-- overdue
SELECT
	(SELECT count(*) FROM outbox WHERE state = 'waiting'),
	(SELECT count(*) FROM webhook_delivery WHERE state = 'waiting'),
	(SELECT count(*) FROM webhook_delivery WHERE state = 'failed'),
	(SELECT count(*) FROM application WHERE state IN ('submitted', 'more-information',
		'pre-approved', 'appealed')),
	(SELECT count(*) FROM application WHERE state IN ('submitted', 'more-information',
		'pre-approved', 'appealed') AND due < ?1);

-- name: metrics_journals
-- -> device, entries
SELECT device, sum(size) FROM log GROUP BY device ORDER BY device LIMIT 1000;
