package io.millrace.mapping.http;

import java.util.Locale;
import java.util.regex.Pattern;

/** The content coding to answer with, of the two that we have (RFC 9110, 12.5.3). */
public enum AcceptEncoding {
    /** Bytes as they are. */
    IDENTITY,
    /** Compressed. */
    GZIP;

    /** Header name. */
    public static final String NAME = "Accept-Encoding";

    private static final Pattern QVALUE = Pattern.compile("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?");
    private static final int UNMENTIONED = -1;

    /**
     * Reads the header: gzip if it is acceptable and identity is not preferred to it by a weight of its own. Without a
     * header, and for elements that cannot be read, identity, which every client understands.
     */
    public static AcceptEncoding parse(RequestHeaders headers) {
        int gzip = UNMENTIONED;
        int identity = UNMENTIONED;
        int any = UNMENTIONED;
        for (String element : String.join(",", headers.values(NAME)).split(",", -1)) {
            String[] parts = element.split(";", -1);
            int weight = weight(parts);
            switch (parts[0].strip().toLowerCase(Locale.ROOT)) {
                case "gzip", "x-gzip" -> gzip = Math.max(gzip, weight);
                case "identity" -> identity = Math.max(identity, weight);
                case "*" -> any = Math.max(any, weight);
                default -> {} // a coding that we do not have
            }
        }
        int effectiveGzip = gzip == UNMENTIONED ? any : gzip;
        return effectiveGzip > 0 && effectiveGzip >= identity ? GZIP : IDENTITY;
    }

    /** An element's weight in thousandths; one that cannot be read counts as "not acceptable". */
    private static int weight(String[] parts) {
        if (parts.length == 1) {
            return 1000;
        }
        String parameter = parts[1].strip().toLowerCase(Locale.ROOT);
        if (parts.length > 2 || !parameter.startsWith("q=")) {
            return 0;
        }
        String value = parameter.substring(2);
        if (!QVALUE.matcher(value).matches()) {
            return 0;
        }
        return (int) Math.round(Double.parseDouble(value) * 1000);
    }
}
