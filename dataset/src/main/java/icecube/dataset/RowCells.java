// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/**
 * Puts the cells of one row into a record, each by the number of its column.
 *
 * @param out the record
 * @param schema which column has which name
 */
record RowCells(RecordConsumer out, MessageType schema) {
  void add(int column, long value) {
    put(column, () -> out.addLong(value));
  }

  void add(int column, int value) {
    put(column, () -> out.addInteger(value));
  }

  void add(int column, double value) {
    put(column, () -> out.addDouble(value));
  }

  void add(int column, boolean value) {
    put(column, () -> out.addBoolean(value));
  }

  void add(int column, Binary value) {
    put(column, () -> out.addBinary(value));
  }

  private void put(int column, Runnable value) {
    String name = schema.getFieldName(column);
    out.startField(name, column);
    value.run();
    out.endField(name, column);
  }
}
