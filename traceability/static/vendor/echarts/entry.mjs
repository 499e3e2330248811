export { init } from "echarts/core";
import { use } from "echarts/core";
import { SankeyChart } from "echarts/charts";
import { TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
use([SankeyChart, TooltipComponent, SVGRenderer]);
