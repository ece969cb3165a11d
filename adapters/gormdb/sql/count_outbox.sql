-- How many mails are waiting and parked, and since when does the oldest one wait?
SELECT
    count(*) - count(parked_at) AS waiting,
    count(parked_at) AS parked,
    min(CASE WHEN parked_at IS NULL THEN created_at END) AS oldest
FROM outbox
