SELECT parcel_id, depot, sender, weight_kg, '{{ params.month }}' AS month
FROM parcels
WHERE depot = :depot
