package io.millrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import de.erichseifert.vectorgraphics2d.Document;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import io.millrace.bench.Comparison.Bar;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Paint;
import java.awt.geom.Rectangle2D;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.labels.ItemLabelAnchor;
import org.jfree.chart.labels.ItemLabelPosition;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.category.CategoryDataset;
import org.jfree.data.category.DefaultCategoryDataset;

/**
 * A comparison as a picture: a bar for each workload, from 1x to the right where the measured server is better, to the left
 * where the other one is, on a logarithmic axis. Its ground is transparent, and its colours can be told from white and black.
 */
final class Chart {

    private static final int WIDTH = 860;
    private static final int ROW = 26;
    private static final int FRAME = 100;
    private static final Color INK = new Color(0x7d8590);
    private static final Color GRID = new Color(0x7d, 0x85, 0x90, 0x50);
    private static final Color BETTER = new Color(0x2a9d8f);
    private static final Color WORSE = new Color(0xd9822b);
    private static final Color NOTHING = new Color(0, 0, 0, 0);
    private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 15);

    /** Not 12, which the library takes for what a reader of SVG assumes where no size is given. */
    private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

    /** It names a file that a parser would fetch from far away. */
    private static final String DOCUMENT_TYPE = "<!DOCTYPE[^>]*>";

    private static final String FONT_OF_THIS_MACHINE = "font-family:&quot;[^&]*&quot;;";

    /** Beside the longest bar, for its label. */
    private static final double ROOM = 1.6;

    private Chart() {}

    /** Writes it as SVG; the folder is made. */
    static void write(Comparison comparison, Path file) throws IOException {
        List<Bar> bars = comparison.bars();
        int height = FRAME + ROW * bars.size();
        VectorGraphics2D graphics = new VectorGraphics2D();
        draw(comparison, bars).draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, height));
        Document document = new SVGProcessor().getDocument(graphics.getCommands(), new PageSize(WIDTH, height));
        Files.createDirectories(file.toAbsolutePath().getParent());
        ByteArrayOutputStream svg = new ByteArrayOutputStream();
        document.writeTo(svg);
        Files.writeString(
                file,
                svg.toString(UTF_8)
                        .replaceFirst(DOCUMENT_TYPE, "")
                        .replaceAll(FONT_OF_THIS_MACHINE, "font-family:sans-serif;"));
    }

    /** What stands beside a bar. */
    static String label(double times) {
        return String.format(Locale.ROOT, times >= 10 ? "%.0fx" : "%.2fx", times);
    }

    private static JFreeChart draw(Comparison comparison, List<Bar> bars) {
        DefaultCategoryDataset data = new DefaultCategoryDataset();
        for (Bar bar : bars) {
            data.addValue(bar.times(), "", bar.workload() + ", " + bar.figure());
        }
        String title = comparison.measured() + " / " + comparison.beside() + ", times better";
        JFreeChart chart =
                ChartFactory.createBarChart(title, null, null, data, PlotOrientation.HORIZONTAL, false, false, false);
        chart.setBackgroundPaint(NOTHING);
        chart.setPadding(new RectangleInsets(8, 8, 0, 8));
        chart.getTitle().setFont(TITLE);
        chart.getTitle().setPaint(INK);
        CategoryPlot plot = chart.getCategoryPlot();
        plot.setBackgroundPaint(NOTHING);
        plot.setOutlineVisible(false);
        plot.setRangeGridlinePaint(GRID);
        plot.setRangeAxis(times(bars));
        plot.addRangeMarker(new ValueMarker(1, INK, new BasicStroke(1.5f)));
        CategoryAxis names = plot.getDomainAxis();
        names.setTickLabelFont(TEXT);
        names.setTickLabelPaint(INK);
        names.setMaximumCategoryLabelWidthRatio(0.5f);
        names.setAxisLineVisible(false);
        plot.setRenderer(bars());
        return chart;
    }

    private static LogAxis times(List<Bar> bars) {
        double least = bars.stream().mapToDouble(Bar::times).min().orElse(1);
        double most = bars.stream().mapToDouble(Bar::times).max().orElse(1);
        LogAxis axis = new LogAxis(null);
        axis.setBase(10);
        axis.setTickUnit(new NumberTickUnit(1));
        axis.setRange(Math.min(0.5, least / ROOM), Math.max(2, most * ROOM));
        axis.setNumberFormatOverride(new DecimalFormat("0.###x", DecimalFormatSymbols.getInstance(Locale.ROOT)));
        axis.setTickLabelFont(TEXT);
        axis.setTickLabelPaint(INK);
        axis.setAxisLinePaint(INK);
        axis.setTickMarkPaint(INK);
        return axis;
    }

    private static BarRenderer bars() {
        BarRenderer renderer = new BarRenderer() {
            private static final long serialVersionUID = 1;

            @Override
            public Paint getItemPaint(int row, int column) {
                CategoryDataset data = getPlot().getDataset();
                return data.getValue(row, column).doubleValue() < 1 ? WORSE : BETTER;
            }
        };
        renderer.setBase(1);
        renderer.setIncludeBaseInRange(true);
        renderer.setShadowVisible(false);
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setDefaultItemLabelGenerator(new StandardCategoryItemLabelGenerator() {
            private static final long serialVersionUID = 1;

            @Override
            public String generateLabel(CategoryDataset data, int row, int column) {
                return " " + label(data.getValue(row, column).doubleValue());
            }
        });
        renderer.setDefaultPositiveItemLabelPosition(
                new ItemLabelPosition(ItemLabelAnchor.OUTSIDE3, TextAnchor.CENTER_LEFT)); // right of the bar and of 1x
        renderer.setDefaultItemLabelFont(TEXT);
        renderer.setDefaultItemLabelPaint(INK);
        renderer.setDefaultItemLabelsVisible(true);
        return renderer;
    }
}
