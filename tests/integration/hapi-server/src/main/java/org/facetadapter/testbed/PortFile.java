package org.facetadapter.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.event.EventListener;

/** Tells the starting script which port the system chose, so that no two test runs can ask for the same one. */
class PortFile {
  private final String path;

  PortFile(@Value("${testbed.port-file}") String path) {
    this.path = path;
  }

  @EventListener
  void ready(ApplicationReadyEvent event) throws IOException {
    if (path.isEmpty()) {
      return;
    }
    int port = ((WebServerApplicationContext) event.getApplicationContext()).getWebServer().getPort();
    Path file = Path.of(path).toAbsolutePath();
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    Files.writeString(partial, port + "\n");
    // By rename: whoever sees the file sees the whole number.
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
