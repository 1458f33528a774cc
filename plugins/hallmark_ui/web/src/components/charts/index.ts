/** Small drawings in the colours of Airflow's theme. */
export { Bars, type Bar } from "./Bars";
export { colour, COLOURS } from "./colours";
export { HeatStrip, type HeatCell } from "./HeatStrip";
export { Histogram } from "./Histogram";
export { Sparkline } from "./Sparkline";
