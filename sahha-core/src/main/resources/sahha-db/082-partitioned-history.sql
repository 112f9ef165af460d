--liquibase formatted sql

--changeset sahha:history-by-month
select sahha_partition('sahha_history', 'replaced_at');
--rollback select sahha_unpartition('sahha_history');
