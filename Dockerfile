# Builds from a clean clone: docker build -t unified-health .
FROM maven:3-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN mvn -B -ntp -q -DskipTests -pl app -am package

FROM eclipse-temurin:25-jre
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin health
WORKDIR /app
COPY --from=build --chown=10001:10001 /src/app/target/app.jar /app/app.jar
COPY --chown=10001:10001 config.yml /app/config.yml
USER 10001
EXPOSE 8080 8081
ENV JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=75 -XX:+ExitOnOutOfMemoryError"
ENTRYPOINT ["java", "-jar", "/app/app.jar"]
CMD ["server", "/app/config.yml"]
