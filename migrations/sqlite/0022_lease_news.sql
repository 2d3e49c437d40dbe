-- How often something new was told of who held what when. Whoever stores an answer sees by it whether the answer is still
-- what would be given now.
INSERT INTO counters (name, value) VALUES ('lease_news', 0);
