// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * One page of the objects of a bucket, as ListObjectsV2 answers it.
 *
 * @param nextToken asks for the next page; empty on the last
 */
record S3Listing(List<Listed> objects, String nextToken) {

  /** An object's key, and what changes when its bytes do. */
  record Listed(String key, String etag) {}

  /**
   * @throws IOException if it is no such page
   */
  static S3Listing parse(byte[] xml) throws IOException {
    var factory = XMLInputFactory.newDefaultFactory();
    // No document type, so no entity, can lead out of the answer or blow it up.
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    try {
      return parse(factory.createXMLStreamReader(new ByteArrayInputStream(xml)));
    } catch (XMLStreamException e) {
      // Without its message, which repeats what the server wrote.
      throw new IOException(
          "list: not what S3 answers (expected: a ListBucketResult); is this an S3 server?", e);
    }
  }

  private static S3Listing parse(XMLStreamReader reader) throws XMLStreamException {
    var objects = new ArrayList<Listed>();
    String token = "";
    String key = "";
    String etag = "";
    boolean isPage = false;
    while (reader.hasNext()) {
      int event = reader.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        switch (reader.getLocalName()) {
          case "ListBucketResult" -> isPage = true;
          case "Key" -> key = reader.getElementText();
          case "ETag" -> etag = reader.getElementText();
          case "NextContinuationToken" -> token = reader.getElementText();
          default -> {}
        }
      } else if (event == XMLStreamConstants.END_ELEMENT
          && reader.getLocalName().equals("Contents")) {
        objects.add(new Listed(key, etag));
      }
    }
    if (!isPage) {
      throw new XMLStreamException("no ListBucketResult");
    }
    return new S3Listing(objects, token);
  }
}
