package io.picomux.consumer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Finds public and protected declarations without a documentation comment. Javadoc's own check of
 * the kind also demands a tag for each parameter and result, which for most could only repeat a
 * name.
 */
final class UndocumentedApi extends TreePathScanner<@Nullable Void, @Nullable Void> {

  private final DocTrees documents;
  private final List<String> found = new ArrayList<>();

  private UndocumentedApi(DocTrees documents) {
    this.documents = documents;
  }

  /**
   * The declarations of {@code sources} that lack a comment, each as {@code File.java:12: name}.
   */
  static List<String> in(Collection<Path> sources) throws IOException {
    if (sources.isEmpty()) {
      return List.of();
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
      UndocumentedApi finder = new UndocumentedApi(DocTrees.instance(task));
      for (CompilationUnitTree unit : task.parse()) {
        finder.scan(unit, null);
      }
      return finder.found;
    }
  }

  @Override
  public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
    if (!isVisible(type.getModifiers())) {
      return null;
    }
    requireComment(type.getSimpleName().toString());
    return super.visitClass(type, null);
  }

  @Override
  public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
    if (isVisible(method.getModifiers()) && !overrides(method)) {
      requireComment(method.getName() + "()");
    }
    // What stands in a method's body is nobody's API.
    return null;
  }

  @Override
  public @Nullable Void visitVariable(VariableTree field, @Nullable Void unused) {
    if (isVisible(field.getModifiers())) {
      requireComment(field.getName().toString());
    }
    return null;
  }

  private boolean isVisible(ModifiersTree modifiers) {
    Tree owner = getCurrentPath().getParentPath().getLeaf();
    return modifiers.getFlags().contains(Modifier.PUBLIC)
        || modifiers.getFlags().contains(Modifier.PROTECTED)
        || (isInterface(owner) && !modifiers.getFlags().contains(Modifier.PRIVATE));
  }

  private static boolean isInterface(Tree tree) {
    return tree.getKind() == Tree.Kind.INTERFACE || tree.getKind() == Tree.Kind.ANNOTATION_TYPE;
  }

  private static boolean overrides(MethodTree method) {
    return method.getModifiers().getAnnotations().stream()
        .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
  }

  private void requireComment(String name) {
    TreePath path = getCurrentPath();
    if (documents.getDocComment(path) == null) {
      CompilationUnitTree unit = path.getCompilationUnit();
      long position = documents.getSourcePositions().getStartPosition(unit, path.getLeaf());
      Path file = Path.of(unit.getSourceFile().toUri());
      found.add(
          "%s:%d: %s"
              .formatted(file.getFileName(), unit.getLineMap().getLineNumber(position), name));
    }
  }
}
