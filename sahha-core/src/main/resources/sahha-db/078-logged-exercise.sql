--liquibase formatted sql

--changeset sahha:logged-exercise-view
create view sahha_logged_exercise as select profile_id, day, sleep_day, log_type, data_type, source, start_at, end_at from sahha_data_log where log_type = 'exercise';
comment on view sahha_logged_exercise is 'When there was exercise, for statements that read rows of the day. SahhaDataLogStore of sahha.data owns the table and publishes this view.';
--rollback drop view sahha_logged_exercise;
