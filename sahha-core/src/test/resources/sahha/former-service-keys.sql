-- What a later migration of the former service adds: the keys that its upserts name.
alter table scores add constraint scores_profile_type_date_key unique (profile_id, type, score_date_time);
alter table biomarkers add constraint biomarkers_profile_type_dates_key unique (profile_id, type, start_date_time, end_date_time);
