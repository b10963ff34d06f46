-- The language an applicant reads, until the address is proven and there is a person who has it.
ALTER TABLE application ADD COLUMN language TEXT NOT NULL DEFAULT 'en'
	CHECK (length(language) BETWEEN 2 AND 16);
