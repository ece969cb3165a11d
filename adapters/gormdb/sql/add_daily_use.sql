-- Has the person used less than the quota on the day? Then add to the use.
INSERT INTO daily_use (sub, iss, kind, day, used)
SELECT CAST(@sub AS text), CAST(@iss AS text), CAST(@kind AS text), CAST(@day AS text), CAST(@n AS bigint)
WHERE CAST(@n AS bigint) <= CAST(@limit AS bigint)
ON CONFLICT (sub, iss, kind, day) DO UPDATE SET used = daily_use.used + excluded.used
WHERE daily_use.used + excluded.used <= CAST(@limit AS bigint)
