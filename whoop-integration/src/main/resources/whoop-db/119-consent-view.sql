--liquibase formatted sql

--changeset connect:whoop_consent
create view whoop_consent as
select c.user_id, c.state, c.recorded_at, c.arriving_user_id, c.asked_at, c.answer_hash, c.arrival_failures, c.arrival_failure,
    greatest(c.connected_at, c.asked_at) as answerable_from,
    c.access_token is not null as has_tokens,
    (select h.reason from whoop_connection_history h where h.user_id = c.user_id order by h.id desc limit 1) as latest_reason
from whoop_connection c;
comment on view whoop_consent is 'Contract of package whoop.custody, whose class ConnectionStore owns table whoop_connection: how far each member''s last consent came. answerable_from is when its page was shown or its question asked; latest_reason is the last line of the connection''s history. Class ConsentProgressStore reads it, and writes answer_hash and the failures through it.';
--rollback drop view whoop_consent;
