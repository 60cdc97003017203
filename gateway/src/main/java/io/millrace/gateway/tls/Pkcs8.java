package io.millrace.gateway.tls;

import java.io.ByteArrayOutputStream;
import java.security.PublicKey;
import java.util.Arrays;

/** The form of private keys that Java reads (RFC 5208): the algorithm, and the key in the algorithm's own form. */
final class Pkcs8 {

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

    private Pkcs8() {}

    /**
     * A key that was found in its algorithm's own form (PKCS #1, SEC 1). The algorithm stands in the public key of the
     * certificate too (X.509's SubjectPublicKeyInfo), in the same words.
     */
    static byte[] wrap(byte[] key, PublicKey publicKey) {
        byte[] info = publicKey.getEncoded();
        byte[] inner = Arrays.copyOfRange(info, contentAt(info), info.length);
        byte[] algorithm = Arrays.copyOf(inner, contentAt(inner) + length(inner));
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(VERSION_0);
        content.writeBytes(algorithm);
        content.writeBytes(element(OCTET_STRING, key));
        return element(SEQUENCE, content.toByteArray());
    }

    /** Where the content of the DER element at the beginning begins. */
    private static int contentAt(byte[] der) {
        int first = der[1] & 0xff;
        return first < 0x80 ? 2 : 2 + (first & 0x7f);
    }

    /** The length of its content. */
    private static int length(byte[] der) {
        int first = der[1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 2; i < contentAt(der); i++) {
            length = length << 8 | (der[i] & 0xff);
        }
        return length;
    }

    private static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream der = new ByteArrayOutputStream(content.length + 5);
        der.write(tag);
        if (content.length < 0x80) {
            der.write(content.length);
        } else {
            int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(content.length) + 7) / 8;
            der.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                der.write(content.length >> (8 * i));
            }
        }
        der.writeBytes(content);
        return der.toByteArray();
    }
}
