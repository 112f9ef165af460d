--liquibase formatted sql

--changeset sahha:data-log
create table sahha_data_log (
    profile_id text not null,
    day date not null,
    sleep_day date not null,
    log_type varchar(50) not null,
    data_type varchar(100) not null,
    source varchar(200) not null,
    start_at timestamptz not null,
    end_at timestamptz not null,
    received_at timestamptz not null,
    primary key (profile_id, day, log_type, data_type, source, start_at, end_at)
);
create index sahha_data_log_day on sahha_data_log (day);
create index sahha_data_log_sleep_day on sahha_data_log (profile_id, sleep_day);
comment on table sahha_data_log is 'Which source recorded what of a member, and when, by Sahha''s event DataLogReceived. What it measured is not kept.';
comment on column sahha_data_log.day is 'The member''s day: of a sleep by its end, up to 18:00; of anything else by its start.';
comment on column sahha_data_log.sleep_day is 'The member''s sleep day, up to 18:00, that it ended on: what is measured in sleep belongs to it.';
comment on column sahha_data_log.source is 'Sahha''s own text, such as the id of an app.';
--rollback drop table sahha_data_log;

--changeset sahha:data-log-view
create view sahha_logged_source as select distinct profile_id, day, sleep_day, log_type, data_type, source from sahha_data_log;
comment on view sahha_logged_source is 'Which sources recorded what on a day, for statements that read rows of the day. SahhaDataLogStore of sahha.data owns the table and publishes this view.';
--rollback drop view sahha_logged_source;

--changeset sahha:data-log-changes splitStatements:false rollbackSplitStatements:false
-- As the functions of 073, it runs with the rights of its owner and looks for tables in this schema only.
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

create function sahha_note_days(who text, why text, changed date[]) returns void language sql security definer
    set search_path from current as $$
  insert into sahha_noted_change (profile_id, reason, days, names)
  select who, why, changed, array_fill(cast(null as text), array[cardinality(changed)]) where cardinality(changed) > 0
$$;
comment on function sahha_note_days is 'Notes that whole days of a member changed otherwise than in their rows. SahhaChangeStore owns the tables.';
--rollback drop function sahha_note_days;
