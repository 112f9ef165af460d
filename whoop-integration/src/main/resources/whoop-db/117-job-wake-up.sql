--liquibase formatted sql

--changeset jobs:job_wake_up splitStatements:false
-- The contract of io.holisticos.jobs: whoever changes what a job works on wakes it by this function, in the same statement.
-- Nobody takes a job whose row is locked, so the job either runs after the change is committed, or is being worked on and
-- looks again when it is done.
create function job_wake_up(task text, instance text, due timestamptz, first_due timestamptz) returns boolean
language plpgsql as $$
declare
    job record;
begin
    loop
        select t.picked, t.execution_time into job from scheduled_tasks t
        where t.task_name = task and t.task_instance = instance for update;
        if found then
            if not job.picked and job.execution_time > due then
                update scheduled_tasks t set execution_time = due, version = t.version + 1
                where t.task_name = task and t.task_instance = instance;
            end if;
            return not job.picked;
        end if;
        if first_due is null then
            return false;
        end if;
        insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)
        values (task, instance, first_due, false, 1) on conflict (task_name, task_instance) do nothing;
        if found then
            return true;
        end if; -- another transaction was first: its row is looked at
    end loop;
end
$$;
comment on function job_wake_up is 'Moves a job to an earlier moment (due; null leaves it where it is), and adds it at first_due if it is not on the list (null adds nothing). Returns whether it is on the list and nobody works on it.';
--rollback drop function job_wake_up(text, text, timestamptz, timestamptz);

--changeset jobs:job_timetable
-- The contract of io.holisticos.jobs: when each job runs next. Nobody else reads scheduled_tasks.
create view job_timetable as
    select task_name, task_instance, execution_time, picked from scheduled_tasks;
comment on view job_timetable is 'When each job runs next, and whether a process works on it now.';
--rollback drop view job_timetable;
