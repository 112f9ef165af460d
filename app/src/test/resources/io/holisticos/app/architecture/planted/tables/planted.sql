-- Read by Intruder.
select count(*) from planted_file
