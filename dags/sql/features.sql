-- One row for every flight that arrived, with what was known before it left and whether it came late.
--
--   f  flights/clean of the month     one row per scheduled departure
--   w  weather/clean of the month     one row per origin and hour
--   p  reference/planes               one row per tail number
--   a  reference/airports             one row per airport
--
-- Nothing that happens after the doors close may appear here as a feature: no dep_time, dep_delay, air_time, arr_time.
-- What is known after landing is here as the answer alone: arr_delay, and the label that is made of it.
-- The weather is the observation at the scheduled hour; a forecast takes its place when flights are scored ahead.
WITH schedule AS (
    -- All scheduled flights, cancelled ones too: the traffic planned for an hour is known, what became of it is not.
    SELECT
        f.carrier,
        f.flight,
        f.origin,
        f.dest,
        f.tailnum,
        f.time_hour,
        f.sched_dep_time,
        f.year,
        f.month,
        f.hour,
        f.distance,
        f.arr_delay,
        isodow(make_date(f.year, f.month, f.day)) AS day_of_week,
        -- Clock times are integers such as 1745; minutes since local midnight can be subtracted.
        f.sched_dep_time // 100 * 60 + f.sched_dep_time % 100 AS dep_minute,
        f.sched_arr_time // 100 * 60 + f.sched_arr_time % 100 AS arr_minute,
        count(*) OVER (PARTITION BY f.origin, f.time_hour) AS origin_departures,
        count(*) OVER (PARTITION BY f.origin, f.time_hour, f.carrier) AS carrier_departures,
        count(*) OVER (PARTITION BY f.dest, f.time_hour) AS dest_departures,
        -- How often this aircraft was already due out of New York that day: delays are handed on from leg to leg.
        row_number() OVER (
            PARTITION BY f.tailnum, f.year, f.month, f.day ORDER BY f.sched_dep_time, f.carrier, f.flight, f.origin
        ) AS tail_leg
    FROM f
)

SELECT
    -- Which flight
    s.carrier,
    s.flight,
    s.origin,
    s.dest,
    s.tailnum,
    s.time_hour,
    s.sched_dep_time,

    -- When it was to leave, in New York's time
    s.month,
    s.day_of_week,
    s.hour,
    s.dep_minute AS minute_of_day,

    -- How far, and how long it was planned to take: the difference of two local clocks, corrected by the hours
    -- between their time zones, over midnight if need be. Null where the airport is not in the reference.
    s.distance,
    (
        s.arr_minute - s.dep_minute
        + date_diff('minute', s.time_hour AT TIME ZONE a.tzone, s.time_hour AT TIME ZONE 'America/New_York')
        + 2880
    ) % 1440 AS scheduled_minutes,

    -- How busy
    s.origin_departures,
    s.carrier_departures,
    s.dest_departures,
    CASE WHEN s.tailnum IS NOT NULL THEN s.tail_leg END AS tail_leg,

    -- Weather at the origin
    w.temp,
    w.dewp,
    w.humid,
    w.wind_dir,
    w.wind_speed,
    w.precip,
    w.pressure,
    w.visib,

    -- The aircraft
    s.year - p.year AS plane_age,
    p.seats,
    p.engine,

    -- Where to
    a.lat AS dest_lat,
    a.lon AS dest_lon,
    a.alt AS dest_alt,

    -- The answer in minutes, and the label: fifteen or more behind schedule at the gate, as the U.S. Department of
    -- Transportation counts
    s.arr_delay,
    s.arr_delay >= 15 AS late
FROM schedule AS s
LEFT JOIN w ON s.origin = w.origin AND s.time_hour = w.time_hour
LEFT JOIN p ON s.tailnum = p.tailnum
LEFT JOIN a ON s.dest = a.faa
WHERE s.arr_delay IS NOT NULL
