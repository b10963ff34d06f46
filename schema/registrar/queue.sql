-- What waits for the desk, in order. A page reads on from a place in the order.

-- name: queue_page
-- ?1 waits for (0 the desk, 1 the applicant) ?2 after: remote ?3 due ?4 id ?5 most ?6 now
-- ?7 classes that come first ?8 1: those alone, 0: the others alone ?9 kind or NULL
-- ?10 assignee, '' for nobody's, or NULL ?11 class or NULL ?12 1: local alone ?13 1: overdue alone
-- ?14 folded words or NULL ?15 1: held alone, 0: what is not held ?16 1: vouched alone
SELECT w.id FROM work w INDEXED BY work_order
WHERE w.waits_for = ?1 AND (w.remote, w.due, w.id) > (?2, ?3, ?4)
	AND (?7 >> w.class) & 1 = ?8
	AND (?9 IS NULL OR w.kind = ?9)
	AND (?10 IS NULL OR coalesce(w.assignee, '') = ?10)
	AND (?11 IS NULL OR w.class = ?11)
	AND (?12 = 0 OR w.remote = 0)
	AND (?13 = 0 OR (w.due < ?6 AND w.answered IS NULL))
	AND (?14 IS NULL OR instr(w.sought, ?14) > 0)
	AND (coalesce(w.held_until, 0) > ?6) = ?15
	AND (?16 = 0 OR w.vouched > 0)
ORDER BY w.waits_for, w.remote, w.due, w.id LIMIT ?5;

-- name: queue_item
-- One line of the page. ?1 id of work
SELECT w.id, w.kind, w.waits_for, w.remote, w.due, w.class, w.came, coalesce(w.acked, 0),
	coalesce(w.answered, 0), coalesce(w.assignee, ''), coalesce(w.held_until, 0), w.vouched,
	w.proposed, coalesce(a.reference, q.reference), coalesce(a.name, p.name),
	coalesce(a.outlet, ''), coalesce(a.state, q.kind), coalesce(s.full_name, '')
FROM work w LEFT JOIN application a ON a.id = w.application_id
LEFT JOIN subject_request q ON q.id = w.request_id LEFT JOIN person p ON p.id = q.person_id
LEFT JOIN staff s ON s.name = w.assignee
WHERE w.id = ?1;

-- name: queue_counts
SELECT kind, n FROM work_count;

-- name: queue_overdue
-- ?1 now ?2 most: it counts no further
SELECT count(*) FROM (SELECT 1 FROM work
	WHERE waits_for = 0 AND answered IS NULL AND due < ?1 LIMIT ?2);

-- name: queue_mine
-- ?1 staff ?2 most
SELECT count(*) FROM (SELECT 1 FROM work WHERE assignee = ?1 AND waits_for = 0 LIMIT ?2);

-- name: queue_emerging
-- The classes that emerging conferences which are not over admit (R8), and one's title. ?1 now
SELECT classes, title FROM conference
WHERE ends > ?1 AND emerging = 1 AND state = 'announced' ORDER BY starts LIMIT 50;

-- name: queue_set_message_due
-- ?1 application ?2 due
UPDATE work SET due = ?2 WHERE application_id = ?1 AND kind = 'message';

-- name: queue_set_local
-- An outlet that was typed is known to be local. ?1 application ?2 remote
UPDATE work SET remote = ?2 WHERE application_id = ?1;

-- name: queue_set_sought
-- ?1 application ?2 folded
UPDATE work SET sought = ?2 WHERE application_id = ?1;

-- name: queue_acknowledged
-- ?1 application ?2 now ?3 1: its messages, 0: all but those
UPDATE work SET acked = ?2 WHERE application_id = ?1 AND (kind = 'message') = ?3 AND acked IS NULL;

-- name: queue_messages_acknowledged
-- ?1 application ?2 now
UPDATE application SET messages_acked = ?2 WHERE id = ?1;

-- name: queue_to_acknowledge
-- What no mail said came. ?1 application
SELECT a.reference, a.name, a.email, w.due FROM work w JOIN application a ON a.id = w.application_id
WHERE w.application_id = ?1 AND w.kind <> 'message' AND w.waits_for = 0 AND w.acked IS NULL;

-- name: queue_message_to_acknowledge
-- ?1 application ?2 not where a mail said so after this time
SELECT a.reference, a.name, a.email, w.due FROM work w JOIN application a ON a.id = w.application_id
WHERE w.application_id = ?1 AND w.kind = 'message' AND coalesce(a.messages_acked, 0) <= ?2;

-- name: queue_request_to_acknowledge
-- The newest that no mail said came. ?1 person
SELECT q.reference, p.name, p.email, w.due FROM subject_request q
JOIN work w ON w.request_id = q.id JOIN person p ON p.id = q.person_id
WHERE q.person_id = ?1 AND w.acked IS NULL ORDER BY q.id DESC LIMIT 1;

-- name: queue_acknowledged_request
-- ?1 reference ?2 now
UPDATE work SET acked = ?2 WHERE acked IS NULL
	AND request_id = (SELECT id FROM subject_request WHERE reference = ?1);

-- name: queue_assign
-- Everything of an application. ?1 application ?2 staff or NULL
UPDATE work SET assignee = ?2 WHERE application_id = ?1;

-- name: queue_hold
-- ?1 application ?2 until or NULL
UPDATE work SET held_until = ?2 WHERE application_id = ?1 AND kind <> 'message';
