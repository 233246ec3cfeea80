-- a copy of the database writes to nobody, even where its crons and mail servers are switched on again
UPDATE cx_campaign SET state = 'paused', paused_at = now() AT TIME ZONE 'UTC' WHERE state = 'running';
