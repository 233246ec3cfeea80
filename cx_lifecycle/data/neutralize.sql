-- a copy writes to no colleague, even where its crons and mail servers are switched on again
DELETE FROM cx_summary_user_rel;
UPDATE res_company SET cx_calls_per_day = 0;
UPDATE res_users SET cx_own_calls = false;
