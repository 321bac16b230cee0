package io.picomux.reliability.faults.soak;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.CombinedDomainXYPlot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import org.jfree.svg.SVGGraphics2D;
import org.jspecify.annotations.Nullable;

/** Draws what was measured over time: a row for each figure, a line for each process. */
final class SoakPicture {
  private static final int WIDTH = 900;
  private static final int ROW_HEIGHT = 150;
  private static final Color[] COLOURS = {new Color(0x1F77B4), new Color(0xD9541E)};

  private SoakPicture() {}

  static void draw(Path file, String title, List<Figures> server, List<Figures> client)
      throws IOException {
    NumberAxis minutes = new NumberAxis("minutes");
    minutes.setAutoRangeIncludesZero(true);
    CombinedDomainXYPlot rows = new CombinedDomainXYPlot(minutes);
    rows.setGap(12);
    for (Leak figure : Leak.values()) {
      String unit = figure == Leak.LIVE_HEAP || figure == Leak.DIRECT_MEMORY ? ", MB" : "";
      rows.add(row(figure.title() + unit, figure::shown, server, client));
    }
    rows.add(row("sessions alive", Figures::sessionsLive, server, client));
    rows.add(row("moved, MB/s", null, server, client));
    JFreeChart chart = new JFreeChart(title, rows);
    chart.setBackgroundPaint(Color.WHITE);
    int height = ROW_HEIGHT * rows.getSubplots().size() + 100;
    SVGGraphics2D svg = new SVGGraphics2D(WIDTH, height);
    chart.draw(svg, new Rectangle2D.Double(0, 0, WIDTH, height));
    Files.writeString(file, svg.getSVGElement() + "\n");
  }

  private static XYPlot row(
      String name,
      @Nullable ToDoubleFunction<Figures> value,
      List<Figures> server,
      List<Figures> client) {
    XYSeriesCollection lines = new XYSeriesCollection();
    lines.addSeries(series("server process", value, server));
    lines.addSeries(series("client process", value, client));
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
    renderer.setDrawSeriesLineAsPath(true);
    for (int i = 0; i < COLOURS.length; i++) {
      renderer.setSeriesPaint(i, COLOURS[i]);
      renderer.setSeriesStroke(i, new BasicStroke(1.5f));
      // One legend for all rows.
      renderer.setSeriesVisibleInLegend(i, name.equals(Leak.LIVE_HEAP.title() + ", MB"));
    }
    NumberAxis axis = new NumberAxis(name);
    axis.setAutoRangeIncludesZero(true);
    XYPlot plot = new XYPlot(lines, null, axis, renderer);
    plot.setBackgroundPaint(new Color(0xFAFAFA));
    plot.setRangeGridlinePaint(new Color(0xD0D0D0));
    return plot;
  }

  /** Without a value, what was moved between two samples. */
  private static XYSeries series(
      String name, @Nullable ToDoubleFunction<Figures> value, List<Figures> samples) {
    XYSeries series = new XYSeries(name);
    Figures before = null;
    for (Figures now : samples) {
      if (value != null) {
        series.add(now.seconds() / 60, value.applyAsDouble(now));
      } else if (before != null) {
        series.add(
            now.seconds() / 60,
            (now.movedBytes() - before.movedBytes()) / 1e6 / (now.seconds() - before.seconds()));
      }
      before = now;
    }
    return series;
  }
}
