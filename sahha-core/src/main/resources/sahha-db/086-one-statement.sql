--liquibase formatted sql

-- When a member was last seen is found by one step into an index, however much is stored of them. A record without an offset counts
-- only when no record has one, so each sort has an index of its own; a row is in one of them.

--changeset sahha:start-indexes runInTransaction:false
drop index concurrently if exists sahha_scores_start;
create index concurrently sahha_scores_start on scores (profile_id, score_date_time) where utc_offset_seconds is not null;
drop index concurrently if exists sahha_scores_start_nowhere;
create index concurrently sahha_scores_start_nowhere on scores (profile_id, score_date_time) where utc_offset_seconds is null;
drop index concurrently if exists sahha_biomarkers_start;
create index concurrently sahha_biomarkers_start on biomarkers (profile_id, start_date_time) where utc_offset_seconds is not null;
drop index concurrently if exists sahha_biomarkers_start_nowhere;
create index concurrently sahha_biomarkers_start_nowhere on biomarkers (profile_id, start_date_time) where utc_offset_seconds is null;
--rollback drop index concurrently if exists sahha_scores_start;
--rollback drop index concurrently if exists sahha_scores_start_nowhere;
--rollback drop index concurrently if exists sahha_biomarkers_start;
--rollback drop index concurrently if exists sahha_biomarkers_start_nowhere;

--changeset sahha:views-of-one-statement
-- What a reading needs of tables that have another owner, for a statement that reads all of it at once.
create view sahha_mark as
    select profile_id, kind, span, refreshed_at, coalesce(read_from, sahha_first_day(span, refreshed_at)) as first_day,
           sahha_last_day(span) as last_day, coalesce(read_until, refreshed_at) as until
    from sahha_refresh;
comment on view sahha_mark is 'When Sahha was asked for which days, and which days were read, for statements that read rows. RefreshMarkStore of sahha.data owns the table and publishes this view.';
create view sahha_member_revision as select profile_id, revision from sahha_revision;
comment on view sahha_member_revision is 'Members'' revisions, for statements that read rows: both are of one moment then. SahhaChangeStore owns the table and publishes this view.';
create view sahha_phone_offset as select profile_id, device_utc_offset_seconds from sahha_profile_check;
comment on view sahha_phone_offset is 'The offsets of members'' phones, for statements that read the rows of a member''s day. ProfileCheckStore owns the table and publishes this view.';
--rollback drop view sahha_phone_offset;
--rollback drop view sahha_member_revision;
--rollback drop view sahha_mark;
