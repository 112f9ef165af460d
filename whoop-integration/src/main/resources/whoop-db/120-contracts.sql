--liquibase formatted sql

-- What owners of tables publish for others: views to read, and functions for a statement that writes several owners' tables
-- in one round trip. Their names, arguments and columns are contracts. The tables behind them belong to their owners.

--changeset data:whoop_record_views
-- Published by RecordStore. Rows of deleted records are included: deleted_at tells.
create view whoop_record_cycle as select * from whoop_cycle;
create view whoop_record_recovery as select * from whoop_recovery;
create view whoop_record_sleep as select * from whoop_sleep;
create view whoop_record_workout as select * from whoop_workout;
create view whoop_record_profile as select * from whoop_profile;
create view whoop_record_body_measurement as select * from whoop_body_measurement;
comment on view whoop_record_cycle is 'Cycles for readers. RecordStore of whoop.data owns the table and publishes this view.';
comment on view whoop_record_recovery is 'Recoveries for readers. RecordStore of whoop.data owns the table and publishes this view.';
comment on view whoop_record_sleep is 'Sleeps and naps for readers. RecordStore of whoop.data owns the table and publishes this view.';
comment on view whoop_record_workout is 'Workouts for readers. RecordStore of whoop.data owns the table and publishes this view.';
comment on view whoop_record_profile is 'Profiles for readers. RecordStore of whoop.data owns the table and publishes this view.';
comment on view whoop_record_body_measurement is 'Body measurements for readers. RecordStore of whoop.data owns the table and publishes this view.';
--rollback drop view whoop_record_body_measurement;
--rollback drop view whoop_record_profile;
--rollback drop view whoop_record_workout;
--rollback drop view whoop_record_sleep;
--rollback drop view whoop_record_recovery;
--rollback drop view whoop_record_cycle;

--changeset data:whoop_deletion
-- Published by DeletionStore.
create view whoop_deletion as select user_id, collection, id, deleted_at from whoop_tombstone;
comment on view whoop_deletion is 'Deletions that WHOOP told, for statements that save records. DeletionStore of whoop.data owns the table.';
--rollback drop view whoop_deletion;

--changeset data:whoop_extend_coverage splitStatements:false
-- Published by CoverageStore. plpgsql keeps the plan of a statement for as long as the connection lasts.
create function whoop_extend_coverage(
    member text, kind text, now_read tstzmultirange, now_near tstzmultirange, noted_at timestamptz
) returns void language plpgsql as $$
begin
    insert into whoop_coverage as known (user_id, collection, read_windows, near_records, recorded_at)
    values (member, kind, now_read, now_near, noted_at)
    on conflict (user_id, collection) do update
    set read_windows = known.read_windows + excluded.read_windows,
        near_records = known.near_records + excluded.near_records,
        recorded_at = excluded.recorded_at
    where not (known.read_windows @> excluded.read_windows and known.near_records @> excluded.near_records);
end $$;
comment on function whoop_extend_coverage is 'Adds what a page covers to a member''s coverage. Called by the statement that saves the page.';
--rollback drop function whoop_extend_coverage;

--changeset data:whoop_note_missing splitStatements:false
-- Published by CoverageStore.
create function whoop_note_missing(
    member text, kind text, ids text[], cycle_ids bigint[], list_begun_at timestamptz, noted_at timestamptz
) returns void language plpgsql as $$
begin
    insert into whoop_absence as noted (user_id, collection, id, cycle_id, missed_at, recorded_at)
    select member, kind, missing.record_id, missing.of_cycle, list_begun_at, noted_at
    from unnest(ids, cycle_ids) as missing(record_id, of_cycle)
    on conflict (user_id, collection, id) do update
    set missed_at = greatest(noted.missed_at, excluded.missed_at),
        missed_before = case
            when excluded.missed_at = noted.missed_at then noted.missed_before
            when excluded.missed_at > noted.missed_at then noted.missed_at
            else greatest(noted.missed_before, excluded.missed_at) end,
        recorded_at = excluded.recorded_at;
end $$;
comment on function whoop_note_missing is 'Notes records that a list should have shown and did not. Called by the statement that saves the list''s page.';
--rollback drop function whoop_note_missing;

--changeset data:whoop_archive_payloads splitStatements:false
-- Published by ArchiveStore.
create view whoop_archived_payload as select user_id, hash, payload_sealed from whoop_archive;
comment on view whoop_archived_payload is 'Sealed payloads for statements that read rows beside them. ArchiveStore of whoop.data owns the table.';
create function whoop_archive_payloads(
    member text, kind text, names bytea[], payloads bytea[], noted_at timestamptz
) returns void language plpgsql as $$
begin
    insert into whoop_archive (user_id, hash, collection, payload_sealed, recorded_at)
    select member, version.name, kind, version.payload, noted_at
    from unnest(names, payloads) as version(name, payload)
    on conflict (user_id, hash) do nothing;
end $$;
comment on function whoop_archive_payloads is 'Archives sealed payloads that are not archived yet. Called by the statement that saves their records.';
--rollback drop function whoop_archive_payloads;
--rollback drop view whoop_archived_payload;

--changeset sync:whoop_require_account splitStatements:false
-- Published by the owner of whoop_member_sync. The row stays locked until the transaction ends, so that the answer stays true.
create function whoop_require_account(member text, account bigint) returns void language plpgsql as $$
begin
    perform from whoop_member_sync
    where user_id = member and whoop_user_id is not distinct from account
    for share;
    if not found then
        raise exception 'the member has another WHOOP account by now' using errcode = 'WH001';
    end if;
end $$;
comment on function whoop_require_account is 'Refuses with SQLSTATE WH001 unless the member''s records are of this WHOOP account (null: of none yet). Called by statements that save what a call brought.';
--rollback drop function whoop_require_account;
