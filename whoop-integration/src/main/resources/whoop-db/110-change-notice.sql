--liquibase formatted sql

--changeset notice:change_notice
create table change_notice (
    sequence bigint generated always as identity primary key,
    topic varchar(50) not null,
    key varchar(200) not null,
    recorded_at timestamptz not null
);
create index change_notice_recorded_at on change_notice (recorded_at);
comment on table change_notice is 'What replicas tell each other: that something of a topic changed, in the transaction that changed it. Never what it is now. Kept for a day.';
--rollback drop table change_notice;
