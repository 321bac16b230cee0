package example.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Asks a server fifty questions at once, each on a stream of its own, over one socket. */
final class Main {

  private static final int QUESTIONS = 50;

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> server = tasks.submit(() -> answerAll(listener, tasks));
      Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort());
      try (PicoMux mux = PicoMux.over(socket)) {
        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < QUESTIONS; i++) {
          String question = "question " + i;
          answers.add(tasks.submit(() -> ask(mux, question)));
        }
        int right = 0;
        for (int i = 0; i < QUESTIONS; i++) {
          if (answers.get(i).get().equals("answer to question " + i)) {
            right++;
          }
        }
        System.out.println("right answers: " + right);
      }
      server.get();
    }
  }

  private static String ask(PicoMux mux, String question) throws Exception {
    try (MuxStream stream = mux.open(question.getBytes(UTF_8))) {
      return new String(stream.inputStream().readAllBytes(), UTF_8);
    }
  }

  private static Object answerAll(ServerSocket listener, ExecutorService tasks) throws Exception {
    try (PicoMux mux = PicoMux.over(listener.accept())) {
      for (int i = 0; i < QUESTIONS; i++) {
        MuxStream stream = mux.accept();
        tasks.submit(() -> answer(stream));
      }
      mux.awaitTermination();
      return mux;
    }
  }

  private static Object answer(MuxStream stream) throws IOException {
    try (stream) {
      String question = new String(stream.metadata(), UTF_8);
      stream.outputStream().write(("answer to " + question).getBytes(UTF_8));
      return question;
    }
  }
}
