SELECT p.depot, count(*) AS parcels, max(p.weight_kg) AS heaviest, '{{ params.month }}' AS told
FROM p
WHERE p.weight_kg > 1
GROUP BY p.depot
