-- a copy writes to no colleague, even where its crons and mail servers are switched on again:
-- no monthly summary, no calls planned at night, nobody asked to act on a warning sign
DELETE FROM cx_summary_user_rel;
UPDATE res_company SET cx_calls_per_day = 0;
UPDATE res_users SET cx_own_calls = false;
UPDATE cx_warning_kind SET activity = false;
