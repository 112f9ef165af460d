--liquibase formatted sql

--changeset connect:whoop_member_connection
create view whoop_member_connection as
    select user_id, whoop_user_id, state, connected_at,
        state in ('active', 'refreshing', 'reauthorization_required') as shows_records
    from whoop_connection;
comment on view whoop_member_connection is 'Contract of package whoop.custody, whose class ConnectionStore owns table whoop_connection: what readers of a member see of the connection. shows_records: whether it is certain that the records held are the member''s own.';
--rollback drop view whoop_member_connection;

--changeset sync:whoop_member_listing
create view whoop_member_listing as
    select user_id, covered_from, cycles_listed_at, sleeps_listed_at, recoveries_listed_at, workouts_listed_at
    from whoop_member_sync;
comment on view whoop_member_listing is 'Contract of package whoop.sync, whose class MemberStore owns table whoop_member_sync: since when and until when a member was read. SyncFreshness says what that means.';
--rollback drop view whoop_member_listing;
