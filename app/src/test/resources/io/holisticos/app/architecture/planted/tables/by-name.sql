-- Read by Intruder, whose code puts the name in.
select count(*) from planted_by_name
