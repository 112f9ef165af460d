--liquibase formatted sql

--changeset planted:table
create table planted (id bigint primary key);
--rollback drop table planted;

--changeset planted:two-columns
alter table planted add column taken_back text, add column forgotten text;
--rollback alter table planted drop column taken_back;
