package io.millrace.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The test cases of a JUnit report by name; failed ones with what was wrong. */
record TestReport(List<String> passed, List<String> failed, List<String> skipped) {

    static TestReport of(Path file) throws Exception {
        TestReport report = new TestReport(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        NodeList cases = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getElementsByTagName("testcase");
        for (int i = 0; i < cases.getLength(); i++) {
            Element test = (Element) cases.item(i);
            String name = test.getAttribute("name");
            String wrong = text(test, "failure") + text(test, "error");
            if (!wrong.isEmpty()) {
                report.failed.add(name + "\n" + wrong);
            } else if (test.getElementsByTagName("skipped").getLength() > 0) {
                report.skipped.add(name);
            } else {
                report.passed.add(name);
            }
        }
        return report;
    }

    private static String text(Element test, String child) {
        StringBuilder text = new StringBuilder();
        NodeList children = test.getElementsByTagName(child);
        for (int i = 0; i < children.getLength(); i++) {
            text.append(child).append(": ").append(children.item(i).getTextContent());
        }
        return text.toString();
    }
}
