-- name: account_add
-- ?1 name, ?2 amount
UPDATE account SET amount = amount + ?2 WHERE name = ?1;

-- name: account_sum
-- Gives 0 whenever no transaction is half done.
SELECT sum(amount) FROM account;

-- name: account_get
SELECT amount FROM account WHERE name = ?1;
