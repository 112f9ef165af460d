--liquibase formatted sql

--changeset sahha:profile-check-of-members
-- Ids are anybody's text: that Sahha does not know one is no longer kept. A version before this one still writes and reads
-- such rows while it runs; the service takes them away from time to time.
delete from sahha_profile_check where not known;
comment on table sahha_profile_check is 'Whom Sahha has a profile of, by account/profile, and the offset that deviceInformation said: asked once a day. Ids that Sahha does not know are not kept.';
--rollback comment on table sahha_profile_check is 'What account/profile and deviceInformation said of an id, so that they are asked once a day.';
