package io.picomux.benchmarks.harness;

import java.awt.Color;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.svg.SVGGraphics2D;

/** Draws a figure of all peers as bars. Stateless. */
final class BarChart {
  private static final int WIDTH = 800;
  private static final int BAR_HEIGHT = 26;
  private static final int FRAME_HEIGHT = 90;
  private static final Color COLOUR = new Color(0x1F77B4);
  private static final Color GRID = new Color(0xD0D0D0);

  private BarChart() {}

  /** The length of a bar and what stands beside it. */
  record Bar(String label, double value) {}

  static void draw(Path file, String title, List<Bar> bars) throws IOException {
    DefaultCategoryDataset data = new DefaultCategoryDataset();
    bars.forEach(bar -> data.addValue(bar.value(), "median", bar.label()));
    JFreeChart chart =
        ChartFactory.createBarChart(
            title, null, null, data, PlotOrientation.HORIZONTAL, false, false, false);
    chart.setBackgroundPaint(Color.WHITE);
    CategoryPlot plot = chart.getCategoryPlot();
    plot.setBackgroundPaint(Color.WHITE);
    plot.setRangeGridlinePaint(GRID);
    BarRenderer renderer = (BarRenderer) plot.getRenderer();
    renderer.setBarPainter(new StandardBarPainter());
    renderer.setShadowVisible(false);
    renderer.setSeriesPaint(0, COLOUR);
    int height = FRAME_HEIGHT + BAR_HEIGHT * bars.size();
    SVGGraphics2D svg = new SVGGraphics2D(WIDTH, height);
    // Otherwise a random one: the same figures give the same file.
    svg.setDefsKeyPrefix("chart");
    chart.draw(svg, new Rectangle2D.Double(0, 0, WIDTH, height));
    Files.writeString(file, svg.getSVGElement() + "\n");
  }
}
