// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files whose footers lie are refused before memory is taken for what they claim. */
final class HostileFilesTest {
  @TempDir private Path folder;

  private void assertRefused(Consumer<FileMetaData> lie, String message) throws IOException {
    Path file = Samples.write(folder.resolve("batch_1.parquet"), Samples.events(1, 50, 100));
    byte[] whole = Files.readAllBytes(file);
    int footerSize = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getInt(whole.length - 8);
    int dataEnd = whole.length - 8 - footerSize;
    FileMetaData footer =
        Util.readFileMetaData(new ByteArrayInputStream(whole, dataEnd, footerSize));
    lie.accept(footer);
    var out = new ByteArrayOutputStream();
    out.write(whole, 0, dataEnd);
    Util.writeFileMetaData(footer, out);
    int size = out.size() - dataEnd;
    out.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(size).array());
    out.write("PAR1".getBytes(StandardCharsets.US_ASCII));
    Files.write(file, out.toByteArray());
    assertThatThrownBy(() -> Samples.read(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(message);
  }

  private static ColumnMetaData charge(FileMetaData footer) {
    return footer.getRow_groups().get(0).getColumns().get(2).getMeta_data();
  }

  @Test
  void aTrillionRows() throws IOException {
    assertRefused(
        footer -> footer.getRow_groups().get(0).setNum_rows(1_000_000_000_000L),
        "rows: 1000000000000 after 0 (expected: 0..2147483648 in all)");
  }

  @Test
  void rowsThatAddUpBeyondAllNumbers() throws IOException {
    assertRefused(
        footer -> {
          var group = footer.getRow_groups().get(0);
          group.setNum_rows(Long.MAX_VALUE);
          footer.setRow_groups(List.of(group, group));
        },
        "rows: 9223372036854775807");
  }

  @Test
  void petabytesWhenUncompressed() throws IOException {
    assertRefused(
        footer -> charge(footer).setTotal_uncompressed_size(1L << 52), "at most 20 times as much");
  }

  @Test
  void aColumnThatLiesOutsideTheFile() throws IOException {
    assertRefused(
        footer -> {
          charge(footer).unsetDictionary_page_offset();
          charge(footer).setData_page_offset(1L << 40);
        },
        "column charge: ");
    assertRefused(
        footer -> charge(footer).setTotal_compressed_size(1L << 40),
        "column charge: 1099511627776 bytes from ");
  }

  @Test
  void aColumnWithFewerValuesThanRows() throws IOException {
    assertRefused(footer -> charge(footer).setNum_values(3), "column charge: 3 values (expected: ");
  }

  @Test
  void moreRowsThanThePagesHold() throws IOException {
    assertRefused(
        footer -> {
          var group = footer.getRow_groups().get(0);
          group.setNum_rows(2_000_000);
          group.getColumns().forEach(column -> column.getMeta_data().setNum_values(2_000_000));
        },
        "values before its last");
  }

  @Test
  void aChunkOfAnotherTypeThanItsColumn() throws IOException {
    assertRefused(
        footer -> charge(footer).setType(Type.INT64), "column charge: chunk of type INT64");
  }

  @Test
  void aColumnInAnotherFile() throws IOException {
    assertRefused(
        footer -> footer.getRow_groups().get(0).getColumns().get(2).setFile_path("/etc/passwd"),
        "column chunk without its own metadata");
  }

  @Test
  void aSchemaThatEndsInsideAGroup() throws IOException {
    assertRefused(
        footer -> footer.getSchema().get(3).setNum_children(Integer.MAX_VALUE),
        "ends inside a group");
  }

  @Test
  void aFooterNestedWithoutEnd() throws IOException {
    // Field 9, a struct, whose field 1 is a struct, and so on.
    byte[] nested = new byte[1 << 20];
    Arrays.fill(nested, (byte) 0x1c);
    nested[0] = (byte) 0x9c;
    var out = new ByteArrayOutputStream();
    out.write("PAR1".getBytes(StandardCharsets.US_ASCII));
    out.write(nested);
    out.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(1 << 20).array());
    out.write("PAR1".getBytes(StandardCharsets.US_ASCII));
    Path file = folder.resolve("batch_1.parquet");
    Files.write(file, out.toByteArray());
    assertThatThrownBy(() -> Samples.read(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("batch_1.parquet: footer: ");
  }

  @Test
  void aFooterLargerThanAnyFootersAre() throws IOException {
    byte[] bytes = new byte[20 << 20];
    System.arraycopy("PAR1".getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, 4);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(bytes.length - 8, 19 << 20)
        .position(bytes.length - 4)
        .put("PAR1".getBytes(StandardCharsets.US_ASCII));
    Path file = folder.resolve("batch_1.parquet");
    Files.write(file, bytes);
    assertThatThrownBy(() -> Samples.read(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("footer: 19922944 bytes (expected: 1..8388608)");
  }
}
