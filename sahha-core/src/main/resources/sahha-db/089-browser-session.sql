--liquibase formatted sql

--changeset access:browser-session
create table browser_session (
    session_sha256 bytea primary key,
    port varchar(10) not null check (port in ('api', 'admin')),
    key_sha256 bytea,
    user_id varchar(100),
    scopes varchar(500),
    created_at timestamptz not null,
    ends_at timestamptz not null,
    constraint browser_session_of_key_or_member check (
        (key_sha256 is not null and user_id is null and scopes is null)
        or (key_sha256 is null and user_id is not null and scopes is not null))
);
create index browser_session_key on browser_session (key_sha256, created_at) where key_sha256 is not null;
create index browser_session_user on browser_session (user_id, created_at) where user_id is not null;
create index browser_session_ends_at on browser_session (ends_at);
comment on table browser_session is 'Browsers that sent a key or a member''s token to POST /session. Of the cookie only the SHA-256 is held. A row that is deleted by hand ends its session within 30 s.';
comment on column browser_session.port is 'Where the cookie is valid: on the API''s port or on the admin port.';
comment on column browser_session.key_sha256 is 'The key in table api_key whose scopes and end are those of the session.';
comment on column browser_session.scopes is 'Of a member''s session: words parted by a space.';
--rollback drop table browser_session;
