package io.picomux.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A method that is forgotten would work on a connection that is not there. */
class OverriddenMethodsTest {
  static Stream<Arguments> classes() {
    return Stream.of(
        Arguments.of(Socket.class, MuxSocket.class, 40),
        Arguments.of(ServerSocket.class, MuxServerSocket.class, 21),
        Arguments.of(SocketFactory.class, MuxSocketFactory.class, 5),
        Arguments.of(ServerSocketFactory.class, MuxServerSocketFactory.class, 4));
  }

  @ParameterizedTest
  @MethodSource("classes")
  void everyPublicMethodOfThisJdkIsOverridden(Class<?> base, Class<?> ours, int atLeast) {
    List<Method> wanted =
        Arrays.stream(base.getMethods())
            .filter(method -> method.getDeclaringClass() != Object.class)
            .filter(method -> !Modifier.isStatic(method.getModifiers()))
            .toList();
    assertThat(wanted).hasSizeGreaterThanOrEqualTo(atLeast);
    assertThat(wanted).filteredOn(method -> !isOurs(ours, method)).isEmpty();
  }

  /** Libraries ask a factory class by reflection for getDefault(), which is inherited otherwise. */
  @Test
  void theDefaultFactoriesAreOurs() {
    assertThat(MuxSocketFactory.getDefault()).isInstanceOf(MuxSocketFactory.class);
    assertThat(MuxServerSocketFactory.getDefault()).isInstanceOf(MuxServerSocketFactory.class);
  }

  /** Whether calling the method on one of ours runs code of ours. */
  private static boolean isOurs(Class<?> ours, Method method) {
    try {
      Class<?> declaring =
          ours.getMethod(method.getName(), method.getParameterTypes()).getDeclaringClass();
      return declaring.getPackage().equals(ours.getPackage());
    } catch (NoSuchMethodException e) {
      throw new AssertionError("a public method is inherited at least", e);
    }
  }
}
