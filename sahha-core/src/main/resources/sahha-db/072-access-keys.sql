--liquibase formatted sql

--changeset access:api-key-names splitStatements:false rollbackSplitStatements:false
-- Versions before this one kept the first six characters of each key in prefix, and nobody ever read them. It is emptied;
-- the service empties it again while such a version still runs.
do $$ begin
  perform sahha_patiently(array[
      'alter table api_key add column public_id varchar(32) not null unique default left(replace(gen_random_uuid()::text, ''-'', ''''), 12)',
      'alter table api_key alter column prefix set default ''''']);
end $$;
comment on column api_key.public_id is 'Names the key to people. Random, no part of the key.';
comment on column api_key.prefix is 'Once the beginning of the key: always empty, and to be dropped.';
update api_key set prefix = '';
--rollback alter table api_key alter column prefix drop default;
--rollback alter table api_key drop column public_id;

--changeset access:api-key-ends splitStatements:false rollbackSplitStatements:false
do $$ begin
  perform sahha_patiently(array[
      'alter table api_key add column leased_until timestamptz, add column revoked_at timestamptz']);
end $$;
comment on column api_key.leased_until is 'When the key ends unless a replica that was started with it says otherwise before; null: never.';
comment on column api_key.revoked_at is 'Since then the key opens nothing, whoever was started with it. Set it by hand: seen by every replica within 30 s.';
--rollback alter table api_key drop column leased_until, drop column revoked_at;
