package io.picomux.cli.common;

import io.picomux.tunnel.Destination;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an option that is a {@link Destination}. */
public final class DestinationConverter implements ITypeConverter<Destination> {

  /** Made by picocli. */
  public DestinationConverter() {}

  @Override
  public Destination convert(String value) {
    try {
      return Destination.parse(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
