--liquibase formatted sql

--changeset webhook:whoop_inbox
create table whoop_inbox (
    trace_id varchar(300) not null,
    type varchar(200) not null,
    record_id varchar(200) not null,
    whoop_user_id bigint,
    user_id varchar(100),
    body_sealed bytea not null,
    outcome varchar(20) not null,
    received_at timestamptz not null,
    done_at timestamptz,
    primary key (trace_id, type, record_id),
    constraint whoop_inbox_outcome check (outcome in ('noted', 'parked', 'unknown_type')),
    constraint whoop_inbox_parked_is_open check ((outcome = 'parked') = (done_at is null))
);
create index whoop_inbox_done_at on whoop_inbox (done_at);
create index whoop_inbox_parked on whoop_inbox (whoop_user_id) where done_at is null;
create index whoop_inbox_user on whoop_inbox (user_id) where user_id is not null;
comment on table whoop_inbox is 'Every webhook of WHOOP once, before it is acknowledged. Its key is what tells a repetition; the body is sealed for the member, or for nobody while the member is not known.';
comment on column whoop_inbox.done_at is 'When it became a change, or nothing was to be done; null while it waits for its member to connect.';
--rollback drop table whoop_inbox;
