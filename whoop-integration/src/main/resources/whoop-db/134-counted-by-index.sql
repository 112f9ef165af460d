--liquibase formatted sql

--changeset jobs:scheduled_tasks_failing
-- Jobs that fail are few among those of all members, and a gauge counts them four times a minute on each replica.
create index scheduled_tasks_failing on scheduled_tasks (consecutive_failures) where consecutive_failures > 0;
--rollback drop index scheduled_tasks_failing;

--changeset connect:whoop_connection_state
-- Counting members by state reads the index and not their tokens. Other indexes depend on the state already, so this one costs no update more.
create index whoop_connection_state on whoop_connection (state);
--rollback drop index whoop_connection_state;
