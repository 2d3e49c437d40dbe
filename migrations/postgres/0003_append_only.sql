-- Nothing to do: here an entry with a number that is taken is refused by the primary key, and ON CONFLICT DO UPDATE asks
-- the trigger that guards UPDATE. The file keeps the numbers of both engines the same.
SELECT 1;
