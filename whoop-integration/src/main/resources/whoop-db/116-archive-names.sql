--liquibase formatted sql

--changeset vault:vault_key
create table vault_key (
    name varchar(100) primary key,
    wrapped_by varchar(100) not null,
    wrapped_key bytea not null,
    recorded_at timestamptz not null
);
comment on table vault_key is 'Keys of this database''s own, wrapped as the members'' keys are. Without one, what was named by it cannot be found again by its content.';
--rollback drop table vault_key;

--changeset data:whoop_archive_naming
create table whoop_archive_naming (
    form smallint primary key,
    walked_to varchar(100) not null,
    found bigint not null,
    done_at timestamptz,
    recorded_at timestamptz not null
);
comment on table whoop_archive_naming is 'How far names of payloads were brought to their present form: walked_to is the last member done, found how many of them had others.';
comment on table whoop_archive is 'The bytes WHOOP sent, one row for each version of a record, sealed for the member. hash is the byte 1 and an HMAC-SHA-256 of their SHA-256, with key whoop.archive of vault_key; of 32 bytes, it is the SHA-256 itself, written by a version before.';
--rollback comment on table whoop_archive is 'The bytes WHOOP sent, one row for each version of a record, by SHA-256, sealed for the member.';
--rollback drop table whoop_archive_naming;
