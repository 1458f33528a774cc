-- One row a parcel, with how busy its depot was.
SELECT
    p.parcel_id,
    p.depot,
    p.weight_kg,
    p.distance_km,
    p.fragile,
    p.weight_kg * p.distance_km AS load,
    count(*) OVER (PARTITION BY p.depot) AS depot_parcels,
    p.late
FROM p
WHERE p.late IS NOT NULL
