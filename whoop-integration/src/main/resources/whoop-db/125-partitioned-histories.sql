--liquibase formatted sql

-- One change set for each table, so that none is locked while another is waited for.

--changeset data:whoop_cycle_history_by_month
select whoop_partition('whoop_cycle_history', 'replaced_at');
--rollback select whoop_unpartition('whoop_cycle_history');

--changeset data:whoop_recovery_history_by_month
select whoop_partition('whoop_recovery_history', 'replaced_at');
--rollback select whoop_unpartition('whoop_recovery_history');

--changeset data:whoop_sleep_history_by_month
select whoop_partition('whoop_sleep_history', 'replaced_at');
--rollback select whoop_unpartition('whoop_sleep_history');

--changeset data:whoop_workout_history_by_month
select whoop_partition('whoop_workout_history', 'replaced_at');
--rollback select whoop_unpartition('whoop_workout_history');
