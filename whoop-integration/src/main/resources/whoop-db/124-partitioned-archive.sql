--liquibase formatted sql

--changeset data:whoop_archive_once splitStatements:false rollbackSplitStatements:false
-- A key of all partitions would have to include the month, and then a payload could be archived once in each. Whoever archives
-- has the member's turn, so that looking is enough.
create or replace function whoop_archive_payloads(
    member text, kind text, names bytea[], payloads bytea[], noted_at timestamptz
) returns void language plpgsql as $$
begin
    insert into whoop_archive (user_id, hash, collection, payload_sealed, recorded_at)
    select distinct on (version.name) member, version.name, kind, version.payload, noted_at
    from unnest(names, payloads) as version(name, payload)
    where not exists (select from whoop_archive held where held.user_id = member and held.hash = version.name);
end $$;
--rollback create or replace function whoop_archive_payloads(
--rollback     member text, kind text, names bytea[], payloads bytea[], noted_at timestamptz
--rollback ) returns void language plpgsql as $$
--rollback begin
--rollback     insert into whoop_archive (user_id, hash, collection, payload_sealed, recorded_at)
--rollback     select member, version.name, kind, version.payload, noted_at
--rollback     from unnest(names, payloads) as version(name, payload)
--rollback     on conflict (user_id, hash) do nothing;
--rollback end $$;

--changeset data:whoop_archive_by_month
select whoop_partition('whoop_archive', 'recorded_at');
--rollback select whoop_unpartition('whoop_archive');
