--liquibase formatted sql

--changeset sahha:inbox
create table sahha_inbox (
    body_sha256 bytea not null,
    position integer not null,
    event_type varchar(100) not null,
    profile_id text not null,
    kind varchar(20),
    received_at timestamptz not null,
    due_at timestamptz,
    done_at timestamptz,
    primary key (body_sha256, position)
);
create index sahha_inbox_open on sahha_inbox (due_at) where done_at is null;
create index sahha_inbox_done_at on sahha_inbox (done_at);
create index sahha_inbox_profile on sahha_inbox (profile_id);
comment on table sahha_inbox is 'Every webhook of Sahha once, before it is acknowledged: whose rows of which kind are to be read again. What it said of health is not kept, since Sahha is asked.';
comment on column sahha_inbox.kind is 'scores, biomarkers or archetypes; null when nothing follows from the event.';
comment on column sahha_inbox.due_at is 'When the member''s rows are read again: some seconds later, since events come in swarms.';
--rollback drop table sahha_inbox;
