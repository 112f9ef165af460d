--liquibase formatted sql

--changeset access:api-key-uses splitStatements:false rollbackSplitStatements:false
-- A version before this one takes a key for good although it has expired: give keys an end when no such version runs any more.
do $$ begin
  perform sahha_patiently(array[
      'alter table api_key add column expires_at timestamptz, add column last_used_at timestamptz']);
end $$;
comment on column api_key.expires_at is 'From then on the key opens nothing; null: never.';
comment on column api_key.last_used_at is 'When the key last opened something, to within an hour; null: never.';
comment on column api_key.revoked_at is 'Since then the key opens nothing, whoever was started with it. apikey revoke sets it; by hand it is seen by every replica within 30 s.';
--rollback comment on column api_key.revoked_at is 'Since then the key opens nothing, whoever was started with it. Set it by hand: seen by every replica within 30 s.';
--rollback alter table api_key drop column expires_at, drop column last_used_at;

--changeset access:observed-callers
create table observed_caller (
    day date not null,
    route varchar(200) not null,
    standing varchar(30) not null,
    address_prefix varchar(50) not null,
    requests bigint not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    primary key (day, route, standing, address_prefix)
);
comment on table observed_caller is 'Requests to existing paths whose group is observed, by what enforce would say to them. Days of UTC, kept for 30 of them; no whole addresses.';
--rollback drop table observed_caller;
